// Series that complete runs had before and do not have any more: what vanished, and how to say that this is intended.

import '../../shared/entries.css';
import { end_series, type ProjectStatus } from '../../api';
import { case_full_name } from '../../format/name';
import { format_count } from '../../format/quantity';
import { series_path } from '../../routing/route';
import { ConfirmButton } from '../../shared/ConfirmButton';
import { CorrectionResult, useCorrection, type Correction } from '../../shared/correction';
import { Age, CaseName, LaneName, RunLink } from '../../shared/labels';

type Vanished = ProjectStatus['vanished'];

interface EntryProps {
  readonly project: string;
  readonly of: Vanished['series'][number];
  readonly correction: Correction;
}

function Entry({ project, of, correction }: EntryProps) {
  return (
    <li class="entry entry-head">
      <span>
        <a class="plain-link" href={series_path(project, [of.series])}>
          <CaseName of={of.case} metric={of.metric} />
        </a>{' '}
        <span class="muted">
          <LaneName {...of} />, last in run <RunLink project={project} run={of.last_run} />,{' '}
          <Age at={of.last_at} />
          {of.similar_case !== null && `; perhaps its new name is ${case_full_name(of.similar_case)}`}
        </span>
      </span>
      <ConfirmButton
        text="Not expected any more"
        confirm="Do not expect it"
        disabled={correction.busy}
        on_confirm={() =>
          correction.correct(
            (signal) => end_series(project, of.series, signal),
            () => ({ text: `${of.metric} of ${of.case.name} is not expected any more.` }),
          )
        }
      >
        {of.metric} of {of.case.name} is not listed as vanished any more. Its points stay. If it comes back,
        it goes on. If it has another name now, rename it instead: its trend page, or the settings, can do
        that.
      </ConfirmButton>
    </li>
  );
}

export function VanishedSeries(props: { project: string; of: Vanished; on_done: () => void }) {
  const { project, of, on_done } = props;
  const correction = useCorrection(on_done);
  if (of.total === 0 && correction.done === undefined) return null;
  return (
    <section class="card" aria-label="Vanished series">
      {of.total > 0 && (
        <details>
          <summary>{of.explanation}</summary>
          <ul class="entries">
            {of.series.map((series) => (
              <Entry key={series.series} project={project} of={series} correction={correction} />
            ))}
          </ul>
          {of.total > of.series.length && (
            <p class="muted">
              first {format_count(of.series.length)} of {format_count(of.total)}
            </p>
          )}
        </details>
      )}
      <CorrectionResult of={correction} />
    </section>
  );
}
