// "/p/{project}/accuracy": how right perftrend was here, and what it would find in this project's noise.

import type { ComponentChildren } from 'preact';
import { get_accuracy, type Accuracy } from '../../api';
import { late_words, percent } from '../../format/judgement';
import { count_of, show_count, show_effect } from '../../format/quantity';
import { useLoad } from '../../shared/load';
import { useTitle } from '../../routing/location';
import { Table } from '../../shared/labels';
import { Loaded } from '../../shared/states';

function Figure({ value, of, children }: { value: string; of: string; children: ComponentChildren }) {
  return (
    <li class="figure">
      <b>{value}</b>
      <span>{of}</span>
      <small class="muted">{children}</small>
    </li>
  );
}

function Figures({ of }: { of: Accuracy }) {
  const { noise } = of;
  return (
    <ul class="figures">
      <Figure value={percent(of.precision)} of="were right">
        {of.reported === 0
          ? 'Nobody was told anything yet.'
          : `${show_count(of.false_alarms)} of ${count_of(of.reported, 'finding')} told dismissed as false alarm, ${show_count(of.acknowledged)} acknowledged.`}
      </Figure>
      <Figure value={show_count(of.withdrawn)} of="suspicions withdrawn">
        of {show_count(of.suspected)}: they came to nothing before anyone was told.
      </Figure>
      <Figure
        value={noise.flagged_per_thousand === null ? '–' : noise.flagged_per_thousand.toPrecision(2)}
        of="false flags in 1,000 points"
      >
        A/A: {show_count(noise.judged)} points of the noise of {count_of(noise.series, 'series', 'series')},
        in which nothing changed; {show_count(noise.confirmed)} would have been told.
      </Figure>
      <Figure
        value={of.detection_delay_points.median === null ? '–' : show_count(of.detection_delay_points.median)}
        of="points until seen"
      >
        {late_words(of.detection_delay_points)}, over{' '}
        {count_of(of.detection_delay_points.findings, 'finding')}.
      </Figure>
    </ul>
  );
}

function Recall({ of }: { of: Accuracy }) {
  return (
    <Table label="Steps injected into the noise">
      <thead>
        <tr>
          <th class="number">step</th>
          <th class="number">found</th>
          <th class="number">recall</th>
          <th>how late</th>
        </tr>
      </thead>
      <tbody>
        {of.recall.map((each) => (
          <tr key={each.effect}>
            <td class="number">{show_effect(each.effect)}</td>
            <td class="number">
              {show_count(each.found)} of {show_count(each.injected)}
            </td>
            <td class="number">
              <b>{percent(each.recall)}</b>
            </td>
            <td>{late_words(each.detection_delay_points)}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

export function WatchPage({ project }: { project: string }) {
  useTitle('Accuracy', project);
  const load = useLoad(project, (signal) => get_accuracy(project, signal));
  return (
    <Loaded load={load}>
      {(of) => (
        <>
          <section class="card">
            <header class="card-head">
              <h1>How right perftrend is here</h1>
            </header>
            <Figures of={of} />
          </section>
          <section class="card" aria-labelledby="recall">
            <header class="card-head">
              <h2 id="recall">What it would find</h2>
              <span class="card-facts muted">
                steps for the worse, injected into this project's own noise; found is confirmed within 14
                points
              </span>
            </header>
            {of.noise.series === 0 ? (
              <p class="muted">No series has 40 points of one environment yet.</p>
            ) : (
              <Recall of={of} />
            )}
          </section>
        </>
      )}
    </Loaded>
  );
}
