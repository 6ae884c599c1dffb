// "/p/{project}/accuracy": how often findings were right, and what detection finds in this project's noise.

import './Accuracy.css';
import type { ComponentChildren } from 'preact';
import { get_accuracy, type Accuracy } from '../../api';
import {
  format_detection_delay,
  format_percent,
  format_points,
  format_reviews,
} from '../../format/judgement';
import { format_count, format_count_of, format_effect } from '../../format/quantity';
import { usePageTitle } from '../../routing/location';
import { useLoad } from '../../shared/load';
import { Loaded } from '../../shared/states';
import { Table } from '../../shared/Table';

interface FigureProps {
  readonly value: string;
  readonly label: string;
  readonly children: ComponentChildren;
}

function Figure({ value, label, children }: FigureProps) {
  return (
    <li class="figure">
      <b>{value}</b>
      <span>{label}</span>
      <small class="muted">{children}</small>
    </li>
  );
}

function Figures({ of }: { of: Accuracy }) {
  const { noise } = of;
  const delay = of.detection_delay_points;
  return (
    <ul class="figures">
      <Figure value={format_reviews(of)} label="findings right">
        {of.reported === 0
          ? 'No finding has been reported yet.'
          : `${format_count(of.reviewed)} of ${format_count(of.reported)} reviewed by a person: ${format_count(of.false_alarms)} dismissed as false alarm, ${format_count(of.acknowledged)} acknowledged.`}
      </Figure>
      <Figure value={format_count(of.withdrawn)} label="suspicions closed">
        of {format_count(of.suspected)}; later runs did not confirm them, so they were not reported.
      </Figure>
      <Figure
        value={noise.flagged_per_thousand === null ? '–' : noise.flagged_per_thousand.toPrecision(2)}
        label="false flags per 1,000 points"
      >
        A/A test: {format_count_of(noise.judged, 'point')} of{' '}
        {format_count_of(noise.series, 'series', 'series')} judged without any change;{' '}
        {format_count(noise.confirmed)} would have been confirmed and reported.
      </Figure>
      <Figure
        value={delay.median === null ? '–' : format_points(delay.median)}
        label="points of detection delay (median)"
      >
        {delay.p90 === null ? '' : `9 of 10 within ${format_points(delay.p90)}; `}
        {format_count_of(delay.findings, 'finding')}.
      </Figure>
    </ul>
  );
}

function Recall({ of }: { of: Accuracy }) {
  return (
    <Table label="Recall by step size" kind="recall">
      <thead>
        <tr>
          <th scope="col">Step size</th>
          <th scope="col" class="number">
            Found
          </th>
          <th scope="col" class="number">
            Recall
          </th>
          <th scope="col">Detection delay (median)</th>
        </tr>
      </thead>
      <tbody>
        {of.recall.map((each) => (
          <tr key={each.effect}>
            <td>{format_effect(each.effect)}</td>
            <td class="number">
              {format_count(each.found)} of {format_count(each.injected)}
            </td>
            <td class="number">
              <b>{format_percent(each.recall)}</b>
            </td>
            <td>{format_detection_delay(each.detection_delay_points)}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

export function AccuracyPage({ project }: { project: string }) {
  usePageTitle('Accuracy', project);
  const load = useLoad(project, (signal) => get_accuracy(project, signal));
  return (
    <Loaded load={load}>
      {(of) => (
        <>
          <section class="card">
            <header class="card-head">
              <h1>Accuracy</h1>
              <span class="card-facts muted">how reliable the findings of this project are</span>
            </header>
            <Figures of={of} />
          </section>
          <section class="card" aria-labelledby="recall">
            <header class="card-head">
              <h2 id="recall">Recall by step size</h2>
              <span class="card-facts muted">
                Steps in the worse direction are added to this project&rsquo;s own noise. A step counts as
                found when it is confirmed within 14 points.
              </span>
            </header>
            {of.noise.series === 0 ? (
              <p class="muted">
                No series has enough points yet: 40 of one environment, or 40 in environments with 10 or more
                each.
              </p>
            ) : (
              <Recall of={of} />
            )}
          </section>
        </>
      )}
    </Loaded>
  );
}
