// "/p/{project}/settings": names, branches, restarts and deletion of a project, and its audit trail.

import '../../shared/form.css';
import '../../shared/entries.css';
import { useState } from 'preact/hooks';
import {
  get_project,
  list_aliases,
  list_audit,
  list_restarts,
  take_restart_back,
  type Restart,
} from '../../api';
import { format_count_of } from '../../format/quantity';
import { usePageTitle } from '../../routing/location';
import { series_path } from '../../routing/route';
import { ConfirmButton } from '../../shared/ConfirmButton';
import { AdminNote, CorrectionResult, useCorrection, type Correction } from '../../shared/correction';
import { Age, RunLink } from '../../shared/labels';
import { useLoad } from '../../shared/load';
import { Loaded } from '../../shared/states';
import { DeleteRunsForm, LaneList } from './LaneList';
import { AliasList, RenameForm } from './Names';
import { ProjectForm } from './ProjectForm';

type AuditEntry = Awaited<ReturnType<typeof list_audit>>[number];

interface RestartListProps {
  readonly project: string;
  readonly correction: Correction;
  readonly of: readonly Restart[];
}

function RestartList({ project, correction, of }: RestartListProps) {
  if (of.length === 0)
    return <p class="muted">No baseline was restarted. The pages of runs and trends can do it.</p>;
  return (
    <ul class="entries">
      {of.map(({ run, series, note, created_by, created_at }) => (
        <li class="entry entry-head" key={`${run} ${series}`}>
          <span>
            {series === null ? 'all series' : <a href={series_path(project, [series])}>one series</a>} from
            run <RunLink project={project} run={run} /> on {note}{' '}
            <span class="muted">
              {created_by}, <Age at={created_at} />
            </span>
          </span>
          <ConfirmButton
            text="Take back"
            confirm="Take the restart back"
            disabled={correction.busy}
            on_confirm={() =>
              correction.correct(
                (signal) => take_restart_back(project, run, series, signal),
                () => ({ text: `The restart at run #${run} was taken back. Trends were judged again.` }),
              )
            }
          >
            Points from run #{run} on are compared with earlier ones again, and trends are judged again.
          </ConfirmButton>
        </li>
      ))}
    </ul>
  );
}

const audit_rows = 20;

function AuditTrail({ of }: { of: readonly AuditEntry[] }) {
  const [all, set_all] = useState(false);
  if (of.length === 0) return <p class="muted">Nothing was changed yet.</p>;
  return (
    <>
      <ul class="entries">
        {of.slice(0, all ? of.length : audit_rows).map((entry) => (
          <li class="entry" key={entry.id}>
            <b>
              {entry.subject} {entry.subject_id > 0 && entry.subject_id} {entry.action}
            </b>{' '}
            {entry.from_state !== '' && `${entry.from_state} → ${entry.to_state}`} {entry.note}{' '}
            <span class="muted">
              {entry.actor}, <Age at={entry.at} />
            </span>
          </li>
        ))}
      </ul>
      {!all && of.length > audit_rows && (
        <button class="button" type="button" onClick={() => set_all(true)}>
          Show {format_count_of(of.length - audit_rows, 'more', 'more')}
        </button>
      )}
    </>
  );
}

async function load_settings(project: string, signal: AbortSignal) {
  const [status, aliases, restarts, audit] = await Promise.all([
    get_project(project, signal),
    list_aliases(project, signal),
    list_restarts(project, signal),
    list_audit(project, signal),
  ]);
  return { status, aliases, restarts, audit };
}

export function SettingsPage({ project }: { project: string }) {
  usePageTitle('Settings', project);
  const load = useLoad(project, (signal) => load_settings(project, signal));
  const correction = useCorrection(load.retry);
  const form = { project, correction };
  return (
    <>
      <h1 class="visually-hidden">Settings of {project}</h1>
      <AdminNote />
      <CorrectionResult of={correction} />
      <Loaded load={load}>
        {({ status, aliases, restarts, audit }) => (
          <>
            <section class="card" aria-labelledby="names">
              <h2 id="names">Names</h2>
              <RenameForm {...form} status={status} />
              <AliasList {...form} of={aliases} />
            </section>
            <section class="card" aria-labelledby="lanes">
              <h2 id="lanes">Testbeds and branches</h2>
              <LaneList {...form} revision={status} />
              <DeleteRunsForm {...form} testbeds={status.testbeds} branches={status.branches} />
            </section>
            <section class="card" aria-labelledby="restarts">
              <h2 id="restarts">Restarted baselines</h2>
              <RestartList {...form} of={restarts} />
            </section>
            <section class="card" aria-labelledby="project">
              <h2 id="project">Project</h2>
              <ProjectForm {...form} status={status} />
            </section>
            <section class="card" aria-labelledby="audit">
              <h2 id="audit">Audit trail</h2>
              <AuditTrail of={audit} />
            </section>
          </>
        )}
      </Loaded>
    </>
  );
}
