// The head of a run: where, when and what was measured, warnings and environment.

import { useState } from 'preact/hooks';
import { get_junit, junit_url, read_token, type RunDetail } from '../../api';
import { format_count_of, format_quantity, make_scale } from '../../format/quantity';
import { format_time } from '../../format/time';
import { compare_path } from '../../routing/route';
import { CaseCounts, Sign } from '../../shared/chips';
import { Age, Commit } from '../../shared/labels';
import { save_file } from '../../shared/save_file';

function JunitLink({ project, run }: { project: string; run: number }) {
  const [error, set_error] = useState('');
  const name = `${project}-${run}.xml`;
  const download = (event: Event) => {
    if (read_token() === '') return; // the browser can follow the link
    event.preventDefault();
    get_junit(project, run, new AbortController().signal).then(
      (document) => save_file(document, name),
      (cause: unknown) => set_error(cause instanceof Error ? cause.message : 'The download failed'),
    );
  };
  return (
    <>
      <a href={junit_url(project, run)} download={name} onClick={download}>
        JUnit file
      </a>
      {error !== '' && <span role="alert"> {error}</span>}
    </>
  );
}

/** Only web addresses become links, because a report may contain any text. */
function web_address(text: string): string | undefined {
  return /^https?:\/\//i.test(text) ? text : undefined;
}

function TimeWithAge({ at }: { at: string }) {
  return (
    <>
      {format_time(Date.parse(at))}{' '}
      <span class="muted">
        (<Age at={at} />)
      </span>
    </>
  );
}

/** The branch, what it is judged against, and a purpose other than the trend. */
function Branch({ run }: { run: RunDetail }) {
  return (
    <>
      <div>
        <dt>branch</dt>
        <dd>{run.branch}</dd>
      </div>
      {run.base_branch !== '' && (
        <div title="This branch is judged against its base">
          <dt>base</dt>
          <dd>
            {run.base_branch} {run.base_commit !== '' && <Commit commit={run.base_commit} />}
          </dd>
        </div>
      )}
      {run.purpose !== 'trend' && (
        <div title="Only runs with the purpose trend are judged">
          <dt>purpose</dt>
          <dd>{run.purpose}</dd>
        </div>
      )}
    </>
  );
}

function Coordinates({ project, run }: { project: string; run: RunDetail }) {
  const ci = web_address(run.ci_url);
  return (
    <dl class="coordinates">
      <div>
        <dt>commit</dt>
        <dd>
          <Commit commit={run.commit} />
          {run.commit !== '' && (
            <small>
              {' · '}
              <a href={compare_path(project, { head: run.commit, head_kind: 'commit' })}>compare</a>
            </small>
          )}
        </dd>
      </div>
      <Branch run={run} />
      <div>
        <dt>testbed</dt>
        <dd>{run.testbed}</dd>
      </div>
      <div>
        <dt>started</dt>
        <dd>
          <TimeWithAge at={run.started_at} />
        </dd>
      </div>
      {run.at !== run.started_at && (
        <div title="Trends show this run at its commit time">
          <dt>commit time</dt>
          <dd>{format_time(Date.parse(run.at))}</dd>
        </div>
      )}
      <div>
        <dt>cases</dt>
        <dd>
          <CaseCounts of={run} />
        </dd>
      </div>
      <div>
        <dt>duration</dt>
        <dd>{format_quantity(run.time_seconds, make_scale('s', [run.time_seconds]))}</dd>
      </div>
      <div>
        <dt>download</dt>
        <dd>
          <JunitLink project={project} run={run.id} />
          {ci !== undefined && (
            <>
              {' · '}
              <a href={ci} rel="noreferrer noopener" target="_blank">
                CI job
              </a>
            </>
          )}
        </dd>
      </div>
    </dl>
  );
}

function Warnings({ warnings }: { warnings: readonly string[] }) {
  if (warnings.length === 0) return null;
  return (
    <>
      <h2 class="inner-head">{format_count_of(warnings.length, 'warning')}</h2>
      <ul class="warnings">
        {warnings.map((warning, i) => (
          <li key={i}>
            <Sign tone="warn" /> <span>{warning}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** What the run was measured with: its environment, configuration or subject. */
function Facts({ title, facts }: { title: string; facts: RunDetail['environment'] }) {
  const entries = Object.entries(facts);
  if (entries.length === 0) return null;
  return (
    <details class="environment">
      <summary>
        {title} ({format_count_of(entries.length, 'property', 'properties')})
      </summary>
      <dl class="facts">
        {entries.map(([name, value]) => (
          <>
            <dt key={name}>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
    </details>
  );
}

function Parts({ run }: { run: RunDetail }) {
  if (run.parts.length < 2 && run.complete) return null;
  const expected = run.parts_expected > 0 ? ` of ${run.parts_expected}` : '';
  return (
    <details class="environment">
      <summary>
        Parts ({run.parts.length}
        {expected}){run.run_key !== '' && ` of ${run.run_key}`}
      </summary>
      <table class="parts">
        <thead>
          <tr>
            <th>part</th>
            <th>shard</th>
            <th>received</th>
            <th>cases</th>
            <th>points</th>
          </tr>
        </thead>
        <tbody>
          {run.parts.map((part) => (
            <tr key={part.id}>
              <td>#{part.id}</td>
              <td>{part.shard}</td>
              <td>{format_time(Date.parse(part.received_at))}</td>
              <td class="number">{part.cases}</td>
              <td class="number">{part.points}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

export function RunHead({ project, run }: { project: string; run: RunDetail }) {
  return (
    <section class="card">
      <header class="card-head">
        {run.base === null ? <h1>Run #{run.id}</h1> : <h2>Run #{run.id}</h2>}
        <span class="card-facts muted">
          {format_count_of(run.points, 'point')} · {format_count_of(run.properties, 'property', 'properties')}
        </span>
      </header>
      {run.excluded !== '' && (
        <p class="banner banner-warn">
          <Sign tone="warn" size={16} />
          <span>
            <b>Excluded run.</b> Reason: {run.excluded}. No trend and no baseline has the points of this run.
          </span>
        </p>
      )}
      {run.suspect !== '' && (
        <p class="banner banner-warn">
          <Sign tone="warn" size={16} />
          <span>
            <b>
              {run.suspect_by === ''
                ? 'Suspect run: the machine was not quiet.'
                : `Marked suspect by ${run.suspect_by}.`}
            </b>{' '}
            Reason: {run.suspect}. The points of this run are shown, but they are not judged and not part of
            any baseline.
          </span>
        </p>
      )}
      {!run.complete && (
        <p class="banner banner-warn">
          <Sign tone="warn" size={16} />
          <span>
            <b>The run waits for parts.</b> {run.parts.length} of {run.parts_expected} have come. Regressions
            are recorded when it is complete.
          </span>
        </p>
      )}
      <Coordinates project={project} run={run} />
      <Warnings warnings={run.warnings} />
      <Parts run={run} />
      <Facts title="Subject" facts={run.subject} />
      <Facts title="Configuration" facts={run.configuration} />
      <Facts title="Environment" facts={run.environment} />
    </section>
  );
}
