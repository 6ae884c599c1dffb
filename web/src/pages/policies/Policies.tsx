// "/p/{project}/policies": the effective policy of each metric, an editor with dry run, and earlier versions.

import {
  get_project,
  list_policies,
  type Policies,
  type PoliciesInForce,
  type PolicyVersion,
} from '../../api';
import { format_count, format_count_of, format_share } from '../../format/quantity';
import { usePageTitle } from '../../routing/location';
import { project_path } from '../../routing/route';
import { Chip } from '../../shared/chips';
import { useLoad } from '../../shared/load';
import { Age } from '../../shared/labels';
import { Empty, Loaded } from '../../shared/states';
import { Table } from '../../shared/Table';
import '../../shared/entries.css';
import { format_limits, format_rule, type JudgedMetric } from './policy_format';
import { PolicyEditor } from './PolicyEditor';

function Rules({ of }: { of: PoliciesInForce }) {
  if (of.rules.length === 0) return <p class="muted">No rules. The defaults apply to all metrics.</p>;
  return (
    <Table label="Rules">
      <thead>
        <tr>
          <th scope="col">Metrics</th>
          <th scope="col">Settings</th>
          <th scope="col">Source</th>
        </tr>
      </thead>
      <tbody>
        {of.rules.map((rule, i) => (
          <tr key={i}>
            <td>
              <code>{rule.metric}</code>
            </td>
            <td class="wrap">{format_rule(rule.sets).join(' · ') || 'none'}</td>
            <td>{rule.source === 'server' ? 'server file' : 'this project'}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function MetricRow({ project, of }: { project: string; of: JudgedMetric }) {
  const { policy } = of;
  return (
    <tr>
      <td>
        <a href={project_path(project, { metric: of.metric })}>
          <code>{of.metric}</code>
        </a>
      </td>
      <td class="number">{format_count(of.series)}</td>
      <td>{of.alerting ? <Chip tone="info">alerting</Chip> : <Chip tone="idle">informational</Chip>}</td>
      <td class="number">{format_share(policy.minimum_effect)}</td>
      <td class="number">p &lt; {policy.significance}</td>
      <td class="number">{format_count_of(policy.window_points, 'point')}</td>
      <td class="number">{format_count_of(policy.minimum_points, 'point')}</td>
      <td>
        {policy.confirm_points} of {format_count_of(policy.confirm_within, 'point')}
      </td>
      <td>{format_limits(of)}</td>
      <td>{policy.better}</td>
    </tr>
  );
}

function Metrics({ project, of }: { project: string; of: PoliciesInForce }) {
  if (of.metrics.length === 0) return <Empty>The project has no series yet.</Empty>;
  return (
    <Table label="Effective policy of each metric">
      <thead>
        <tr>
          <th scope="col">Metric</th>
          <th scope="col" class="number">
            Series
          </th>
          <th scope="col">Alerts</th>
          <th scope="col" class="number">
            Minimum effect
          </th>
          <th scope="col" class="number">
            Significance
          </th>
          <th scope="col" class="number">
            Baseline window
          </th>
          <th scope="col" class="number">
            Minimum points
          </th>
          <th scope="col">Confirmed by</th>
          <th scope="col">Expected range</th>
          <th scope="col">Better</th>
        </tr>
      </thead>
      <tbody>
        {of.metrics.map((each) => (
          <MetricRow key={`${each.metric} ${each.unit} ${each.policy.better}`} project={project} of={each} />
        ))}
      </tbody>
    </Table>
  );
}

function Version({ of, active }: { of: PolicyVersion; active: boolean }) {
  return (
    <li class="entry">
      <div class="entry-head">
        <p>
          <b>Version {of.version}</b> by {of.author}, <Age at={of.created_at} />
        </p>
        {active && <Chip tone="good">active</Chip>}
      </div>
      {of.note !== '' && <p>{of.note}</p>}
      <details class="disclosure" open={active}>
        <summary>Rules</summary>
        {of.toml === '' ? (
          <p class="muted">No rules: the server file and the defaults apply.</p>
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
        <span class="card-facts muted">{format_count_of(of.versions.length, 'version')}</span>
      </header>
      {of.versions.length === 0 ? (
        <Empty>This project has no rules of its own.</Empty>
      ) : (
        <ol class="entries">
          {of.versions.map((each) => (
            <Version key={each.version} of={each} active={each.version === of.version} />
          ))}
        </ol>
      )}
    </section>
  );
}

export function PoliciesPage({ project }: { project: string }) {
  usePageTitle('Policies', project);
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
              A policy decides how the points of a metric are judged. It starts from the defaults. Rules from
              the server file apply next, then the rules of this project. A later rule overrides an earlier
              one.
            </p>
            <Metrics project={project} of={policies.in_force} />
            <h2 class="inner-head">Rules in order of application</h2>
            <Rules of={policies.in_force} />
          </section>
          <PolicyEditor
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
