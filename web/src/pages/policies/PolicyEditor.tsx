// Editor of the project's rules: dry run, save, and the position of an error.

import '../../shared/form.css';
import { useState } from 'preact/hooks';
import { dry_run_policy, put_policy, type DryRun, type Policies } from '../../api';
import { useAction, type Action } from '../../shared/action';
import { Line, Select } from '../../shared/fields';
import { ActionError } from '../../shared/states';
import { CodeArea } from './CodeArea';
import { DryRunResult } from './DryRunResult';
import { dry_run_start, error_range } from './policy_format';

const periods = [
  { value: '30', text: 'the last 30 days' },
  { value: '90', text: 'the last 90 days' },
  { value: '365', text: 'the last 365 days' },
  { value: '0', text: 'all stored runs' },
] as const;

const reference = `[[policy]]
metric = "prefill_*"      # pattern with * and ?; default: every metric
minimum_effect = 0.05     # smallest relative change that is reported
significance = 0.001      # probability that one point is flagged by chance
window_points = 30        # accepted points in the baseline
minimum_points = 8        # with fewer accepted points nothing is judged
confirm_points = 2        # a suspicion is confirmed when this many …
confirm_within = 3        # … of this many points stay on the new level
floor = 0.01              # resolution in the unit of the metric; smaller noise is ignored
limit_low = 1             # expected range in the unit of the metric: values outside are
limit_high = 20           # shown as such, but not reported
better = "lower"          # or "higher"
alerting = true           # false: judged and shown, but no alerts`;

function RuleReference() {
  return (
    <details class="disclosure">
      <summary>Rule reference</summary>
      <p class="muted">
        All rules that match a metric apply; a later rule overrides an earlier one. A new version judges open
        regressions again. Closed regressions do not change.
      </p>
      <pre tabIndex={0}>
        <code>{reference}</code>
      </pre>
    </details>
  );
}

interface PolicyEditorProps {
  readonly project: string;
  readonly of: Policies;
  /** start of the newest run */
  readonly newest: string | null;
  readonly on_saved: () => void;
}

interface Tried {
  readonly run: DryRun;
  readonly toml: string;
  readonly period: string;
}

/** The error of the latest action, and a button that selects its position in the text. */
function PolicyError(props: { action: Action; toml: string; on_show: (range: Range) => void }) {
  const { action, toml, on_show } = props;
  const range = action.error === undefined ? undefined : error_range(action.error.detail, toml);
  return (
    <>
      <ActionError action={action} />
      {range !== undefined && (
        <button class="button" type="button" onClick={() => on_show(range)}>
          Go to error
        </button>
      )}
    </>
  );
}

type Range = NonNullable<ReturnType<typeof error_range>>;

export function PolicyEditor({ project, of, newest, on_saved }: PolicyEditorProps) {
  const saved = of.versions[0]?.toml ?? '';
  const [toml, set_toml] = useState(saved);
  const [note, set_note] = useState('');
  const [period, set_period] = useState<string>(periods[0].value);
  const [tried, set_tried] = useState<Tried>();
  const [selection, set_selection] = useState<Range>();
  const dry_run = useAction();
  const save = useAction();
  const [latest, set_latest] = useState<'dry_run' | 'save'>('dry_run');
  const busy = dry_run.busy || save.busy;
  const on_dry_run = () => {
    set_latest('dry_run');
    set_selection(undefined);
    dry_run.run(
      (signal) => dry_run_policy(project, toml, dry_run_start(newest, Number(period)), signal),
      (run) => set_tried({ run, toml, period }),
    );
  };
  const on_save = () => {
    set_latest('save');
    set_selection(undefined);
    save.run((signal) => put_policy(project, { toml, note, replaces: of.version }, signal), on_saved);
  };
  return (
    <section class="card" aria-labelledby="edit">
      <header class="card-head">
        <h2 id="edit">Edit the project&rsquo;s rules</h2>
        <span class="card-facts muted">
          {of.version === 0 ? 'no rules yet' : `version ${of.version} is active`}
        </span>
      </header>
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        <CodeArea label="Rules" value={toml} on_change={set_toml} selection={selection} />
        <Line label="Reason" value={note} placeholder="why the rules change" on_change={set_note} />
        <Select label="Dry run over" value={period} choices={periods} on_change={set_period} />
        <p class="form-buttons">
          <button class="button" type="button" disabled={busy} onClick={on_dry_run}>
            {dry_run.busy ? 'Running …' : 'Dry run'}
          </button>
          <button class="button primary" type="button" disabled={busy || toml === saved} onClick={on_save}>
            Save as version {of.version + 1}
          </button>
        </p>
      </form>
      <PolicyError action={latest === 'dry_run' ? dry_run : save} toml={toml} on_show={set_selection} />
      {tried !== undefined && (
        <DryRunResult
          project={project}
          of={tried.run}
          over={periods.find(({ value }) => value === tried.period)?.text ?? ''}
          is_outdated={tried.toml !== toml || tried.period !== period}
        />
      )}
      <RuleReference />
    </section>
  );
}
