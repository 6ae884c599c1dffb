// One point of a plot, explained whole: what was measured, why it is judged as it is, its run and its regression.

import { useEffect, useRef } from 'preact/hooks';
import { get_judgement, list_regressions, type Judgement, type Regression, type Trend } from '../../api';
import { count_of, make_scale, show_quantity } from '../../format/quantity';
import { show_time } from '../../format/time';
import { useLoad } from '../../shared/load';
import { regression_path } from '../../routing/route';
import { Commit, RunLink, StateChip, VerdictChip } from '../../shared/labels';
import { JudgementFacts } from '../../shared/JudgementFacts';
import { Loaded } from '../../shared/states';

interface Explained {
  readonly judgement: Judgement;
  /** of the stretch the point lies in */
  readonly regression: Regression | undefined;
}

async function explain(project: string, trend: Trend, run: number, signal: AbortSignal): Promise<Explained> {
  const { series, points, episodes } = trend;
  const index = points.run.indexOf(run);
  const episode = episodes.findLast(({ first, last }) => first <= index && index <= last);
  const [judgement, recorded] = await Promise.all([
    get_judgement(project, series.id, run, signal),
    episode === undefined ? undefined : list_regressions(project, 'all', 'both', signal, series.id),
  ]);
  const regression = recorded?.regressions.find(
    (each) =>
      each.first_run === points.run[episode?.first ?? -1] && (each.direction === 'worse') === episode?.worse,
  );
  return { judgement, regression };
}

function Measured({ project, trend, run }: { project: string; trend: Trend; run: number }) {
  const { series, points } = trend;
  const index = points.run.indexOf(run);
  const value = points.value[index];
  if (value === undefined) return null;
  const scale = make_scale(series.unit, [value]);
  const show = (number: number | undefined) => show_quantity(number ?? Number.NaN, scale);
  return (
    <p class="chosen-facts">
      <b>{show(value)}</b> ± {show(points.mad[index])} (MAD of {count_of(points.n[index] ?? 0, 'sample')}),
      best {show(points.min[index])} · run <RunLink project={project} run={run} /> ·{' '}
      <Commit commit={points.commit[index] ?? ''} /> · {show_time((points.at_us[index] ?? Number.NaN) / 1000)}
    </p>
  );
}

interface ChosenPointProps {
  readonly project: string;
  readonly trend: Trend;
  readonly run: number;
  readonly on_close: () => void;
}

export function ChosenPoint({ project, trend, run, on_close }: ChosenPointProps) {
  const box = useRef<HTMLElement>(null);
  const load = useLoad(`${trend.series.id} ${run}`, (signal) => explain(project, trend, run, signal));
  const is_here = load.data !== undefined;
  useEffect(() => {
    if (is_here) box.current?.scrollIntoView({ block: 'nearest' });
  }, [is_here]);
  return (
    <section class="chosen" ref={box} aria-label={`The point of run ${run}`}>
      <header class="chosen-head">
        <h4>Why the point of run #{run} is what it is</h4>
        <button class="button" type="button" onClick={on_close}>
          Close
        </button>
      </header>
      <Measured project={project} trend={trend} run={run} />
      <Loaded load={load}>
        {({ judgement, regression }) => (
          <>
            <p class="chosen-facts">
              <VerdictChip verdict={judgement.verdict} />{' '}
              {regression !== undefined && (
                <>
                  <a href={regression_path(project, regression.id)}>
                    {regression.direction === 'worse' ? 'regression' : 'improvement'} {regression.id}
                  </a>{' '}
                  <StateChip state={regression.state} />
                </>
              )}
            </p>
            <JudgementFacts of={judgement} />
          </>
        )}
      </Loaded>
    </section>
  );
}
