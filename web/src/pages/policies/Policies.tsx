// "/p/{project}/policies": what judges each metric, what other rules would have flagged, and who changed them.

import { useState } from 'preact/hooks';
import {
  get_project,
  list_policies,
  put_policy,
  dry_run_policy,
  type DryRun,
  type Policies,
  type PoliciesInForce,
  type PolicyVersion,
} from '../../api';
import { count_of, show_count } from '../../format/quantity';
import { useAct } from '../../shared/action';
import { useLoad } from '../../shared/load';
import { useTitle } from '../../routing/location';
import { Age, Chip, Table } from '../../shared/labels';
import { DryRunResult } from './DryRunResult';
import { Code, Line, Select } from '../../shared/fields';
import { Empty, Loaded, Refused } from '../../shared/states';
import { fault_range, limit_words, rule_words, share_words, since_of } from './policy_format';
import { project_path } from '../../routing/route';

function Rules({ of }: { of: PoliciesInForce }) {
  if (of.rules.length === 0) return <p class="muted">No rule: everything is judged by the defaults.</p>;
  return (
    <Table label="Rules">
      <thead>
        <tr>
          <th>metrics</th>
          <th>it says</th>
          <th>whose</th>
        </tr>
      </thead>
      <tbody>
        {of.rules.map((rule, i) => (
          <tr key={i}>
            <td>
              <code>{rule.metric}</code>
            </td>
            <td class="wrap">{rule_words(rule.sets).join(' · ') || 'nothing'}</td>
            <td>{rule.source === 'server' ? "the server's file" : 'this project'}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Metrics({ project, of }: { project: string; of: PoliciesInForce }) {
  if (of.metrics.length === 0) return <Empty>The project has no series yet.</Empty>;
  return (
    <Table label="What judges each metric">
      <thead>
        <tr>
          <th>metric</th>
          <th class="number">series</th>
          <th>who is told</th>
          <th class="number">at least</th>
          <th class="number">significance</th>
          <th class="number">window</th>
          <th class="number">from</th>
          <th>confirmed by</th>
          <th>expected range</th>
          <th>better</th>
        </tr>
      </thead>
      <tbody>
        {of.metrics.map((each) => (
          <tr key={`${each.metric} ${each.unit} ${each.policy.better}`}>
            <td>
              <a href={project_path(project, { metric: each.metric })}>
                <code>{each.metric}</code>
              </a>
            </td>
            <td class="number">{show_count(each.series)}</td>
            <td>
              {each.alerting ? <Chip tone="info">alerting</Chip> : <Chip tone="idle">informational</Chip>}
            </td>
            <td class="number">{share_words(each.policy.minimum_effect)}</td>
            <td class="number">p &lt; {each.policy.significance}</td>
            <td class="number">{count_of(each.policy.window_points, 'point')}</td>
            <td class="number">{count_of(each.policy.minimum_points, 'point')}</td>
            <td>
              {each.policy.confirm_points} of {each.policy.confirm_within}
            </td>
            <td>{limit_words(each)}</td>
            <td>{each.policy.better}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

const spans = [
  { value: '30', text: 'the last 30 nights' },
  { value: '90', text: 'the last 90 nights' },
  { value: '365', text: 'the last 365 nights' },
  { value: '0', text: 'everything stored' },
] as const;

const keys = `[[policy]]
metric = "prefill_*"      # pattern with * and ?; left out: every metric
minimum_effect = 0.05     # relative change that matters
significance = 0.001      # chance of a false flag by one point
window_points = 30        # accepted points of the baseline
minimum_points = 8        # fewer: not judged
confirm_points = 2        # a suspicion is confirmed when so many …
confirm_within = 3        # … of so many points after the first stay on the new level
floor = 0.01              # resolution in the unit of the metric: no noise is believed to be smaller
limit_low = 1             # expected range: outside of it is shown, never flagged
limit_high = 20
better = "lower"          # or "higher"
alerting = true           # false: judged and shown, but nobody is told`;

interface EditorProps {
  readonly project: string;
  readonly of: Policies;
  readonly newest: string | null;
  readonly on_saved: () => void;
}

function Editor({ project, of, newest, on_saved }: EditorProps) {
  const held = of.versions[0]?.toml ?? '';
  const [toml, set_toml] = useState(held);
  const [note, set_note] = useState('');
  const [span, set_span] = useState<string>(spans[0].value);
  const [tried, set_tried] = useState<{ run: DryRun; toml: string; span: string }>();
  const [at, set_at] = useState<{ from: number; to: number }>();
  const trying = useAct();
  const saving = useAct();
  const [last, set_last] = useState<'try' | 'save'>('try');
  const act = last === 'try' ? trying : saving;
  const busy = trying.busy || saving.busy;
  const fault = act.error === undefined ? undefined : fault_range(act.error.detail, toml);
  const try_it = () => {
    set_last('try');
    set_at(undefined);
    trying.run(
      (signal) => dry_run_policy(project, toml, since_of(newest, Number(span)), signal),
      (run) => set_tried({ run, toml, span }),
    );
  };
  const save = () => {
    set_last('save');
    set_at(undefined);
    saving.run((signal) => put_policy(project, { toml, note, replaces: of.version }, signal), on_saved);
  };
  const is_old = tried !== undefined && (tried.toml !== toml || tried.span !== span);
  return (
    <section class="card" aria-labelledby="change">
      <header class="card-head">
        <h2 id="change">Change the project's own rules</h2>
        <span class="card-facts muted">
          {of.version === 0 ? 'it has none yet' : `version ${of.version} holds`}
        </span>
      </header>
      <form class="steps" onSubmit={(event) => event.preventDefault()}>
        <Code label="Rules" value={toml} on_change={set_toml} at={at} />
        <Line label="Why" value={note} placeholder="for those who read it later" on_change={set_note} />
        <Select label="Dry run over" value={span} choices={spans} on_change={set_span} />
        <p class="step-buttons">
          <button class="button" type="button" disabled={busy} onClick={try_it}>
            {trying.busy ? 'Judging …' : 'Dry run'}
          </button>
          <button class="button primary" type="button" disabled={busy || toml === held} onClick={save}>
            Save as version {of.version + 1}
          </button>
        </p>
      </form>
      <Refused act={act} />
      {fault !== undefined && (
        <button class="button" type="button" onClick={() => set_at(fault)}>
          Show the place
        </button>
      )}
      {tried !== undefined && (
        <DryRunResult
          project={project}
          of={tried.run}
          over={spans.find(({ value }) => value === tried.span)?.text ?? ''}
          is_old={is_old}
        />
      )}
      <details class="why">
        <summary>what a rule may say</summary>
        <p class="muted">
          Every rule that matches a metric applies; a later one wins. A new version judges open regressions
          again; what was told of past nights stays as it was told.
        </p>
        <pre tabIndex={0}>
          <code>{keys}</code>
        </pre>
      </details>
    </section>
  );
}

function Version({ of, holds }: { of: PolicyVersion; holds: boolean }) {
  return (
    <li class="stay">
      <div class="stay-head">
        <p>
          <b>version {of.version}</b> by {of.author}, <Age at={of.created_at} />
        </p>
        {holds && <Chip tone="good">holds</Chip>}
      </div>
      {of.note !== '' && <p>{of.note}</p>}
      <details class="why" open={holds}>
        <summary>its rules</summary>
        {of.toml === '' ? (
          <p class="muted">None: the project was given back to the server's file and the defaults.</p>
        ) : (
          <pre tabIndex={0}>
            <code>{of.toml}</code>
          </pre>
        )}
      </details>
    </li>
  );
}

function Versions({ of }: { of: Policies }) {
  return (
    <section class="card" aria-labelledby="versions">
      <header class="card-head">
        <h2 id="versions">Versions</h2>
        <span class="card-facts muted">{count_of(of.versions.length, 'version')}</span>
      </header>
      {of.versions.length === 0 ? (
        <Empty>Nobody has given this project rules of its own.</Empty>
      ) : (
        <ol class="stays">
          {of.versions.map((each) => (
            <Version key={each.version} of={each} holds={each.version === of.version} />
          ))}
        </ol>
      )}
    </section>
  );
}

export function PoliciesPage({ project }: { project: string }) {
  useTitle('Policies', project);
  const load = useLoad(project, async (signal) => {
    const [policies, status] = await Promise.all([
      list_policies(project, signal),
      get_project(project, signal),
    ]);
    return { policies, newest: status.last_run_at };
  });
  return (
    <Loaded load={load}>
      {({ policies, newest }) => (
        <>
          <section class="card">
            <header class="card-head">
              <h1>Policies</h1>
            </header>
            <p class="muted">
              How points are judged: the defaults, changed by the rules of the server's file that match, then
              by the project's own. A later rule wins.
            </p>
            <Metrics project={project} of={policies.in_force} />
            <h2 class="inner-head">Rules, in the order in which they apply</h2>
            <Rules of={policies.in_force} />
          </section>
          <Editor
            key={policies.version}
            project={project}
            of={policies}
            newest={newest}
            on_saved={load.retry}
          />
          <Versions of={policies} />
        </>
      )}
    </Loaded>
  );
}
