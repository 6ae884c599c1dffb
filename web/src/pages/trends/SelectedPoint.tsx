// The selected point of a plot: its numbers, its run, its regression, and the explanation of its verdict.

import './SelectedPoint.css';
import { useEffect, useRef } from 'preact/hooks';
import { get_judgement, list_regressions, type Judgement, type Regression, type Trend } from '../../api';
import { learning_text } from '../../format/judgement';
import { format_count_of, format_quantity, make_scale } from '../../format/quantity';
import { format_time } from '../../format/time';
import { regression_path } from '../../routing/route';
import { StateChip, VerdictChip } from '../../shared/chips';
import { JudgementFacts } from '../../shared/JudgementFacts';
import { Commit, RunLink } from '../../shared/labels';
import { useLoad } from '../../shared/load';
import { Loaded } from '../../shared/states';

interface Explained {
  readonly judgement: Judgement;
  /** the finding that covers the point */
  readonly regression: Regression | undefined;
}

async function load_explanation(
  project: string,
  trend: Trend,
  run: number,
  signal: AbortSignal,
): Promise<Explained> {
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

function PointNumbers({ project, trend, run }: { project: string; trend: Trend; run: number }) {
  const { series, points } = trend;
  const index = points.run.indexOf(run);
  const value = points.value[index];
  if (value === undefined) return null;
  const scale = make_scale(series.unit, [value]);
  const format = (number: number | undefined) => format_quantity(number ?? Number.NaN, scale);
  return (
    <p class="selected-point-facts">
      <b>{format(value)}</b> ± {format(points.mad[index])} (median and MAD of{' '}
      {format_count_of(points.n[index] ?? 0, 'sample')}), min {format(points.min[index])} · run{' '}
      <RunLink project={project} run={run} /> · <Commit commit={points.commit[index] ?? ''} /> ·{' '}
      {format_time((points.at_us[index] ?? Number.NaN) / 1000)}
    </p>
  );
}

function PointState({ project, of: { judgement, regression } }: { project: string; of: Explained }) {
  const { verdict, window_points, policy } = judgement;
  return (
    <p class="selected-point-facts">
      <VerdictChip verdict={verdict} text={learning_text(verdict, window_points, policy.minimum_points)} />{' '}
      {regression !== undefined && (
        <>
          <a href={regression_path(project, regression.id)}>
            {regression.direction === 'worse' ? 'regression' : 'improvement'} {regression.id}
          </a>{' '}
          <StateChip state={regression.state} />
        </>
      )}
    </p>
  );
}

interface SelectedPointProps {
  readonly project: string;
  readonly trend: Trend;
  readonly run: number;
  readonly on_close: () => void;
}

export function SelectedPoint({ project, trend, run, on_close }: SelectedPointProps) {
  const box = useRef<HTMLElement>(null);
  const { series, points } = trend;
  const index = points.run.indexOf(run);
  // After a correction the point may be judged otherwise.
  const judged = `${points.verdict[index]} ${points.baseline[index]} ${points.value[index]}`;
  const load = useLoad(`${series.id} ${run} ${judged}`, (signal) =>
    load_explanation(project, trend, run, signal),
  );
  const is_loaded = load.data !== undefined;
  useEffect(() => {
    if (is_loaded) box.current?.scrollIntoView({ block: 'nearest' });
  }, [is_loaded]);
  return (
    <section class="selected-point" ref={box} aria-label={`Explanation of run ${run}`}>
      <header class="selected-point-head">
        <h4>Explanation of run #{run}</h4>
        <button class="button" type="button" onClick={on_close}>
          Close
        </button>
      </header>
      <PointNumbers project={project} trend={trend} run={run} />
      <Loaded load={load}>
        {(explained) => (
          <>
            <PointState project={project} of={explained} />
            <JudgementFacts of={explained.judgement} />
          </>
        )}
      </Loaded>
    </section>
  );
}
