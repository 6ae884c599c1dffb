import { describe, expect, it } from 'vitest';
import { fact_change_text, fitting_labels, subject_changes, subject_label } from './subject';

describe('subject_changes', () => {
  it('lists what differs from the subject before', () => {
    const changes = subject_changes([
      { index: 0, subject: { engine_build: 'b1', version: '1.0' } },
      { index: 3, subject: { engine_build: 'b2', version: '1.0' } },
      { index: 4, subject: {} },
    ]);
    expect(changes).toEqual([
      { index: 3, facts: [{ name: 'engine_build', before: 'b1', after: 'b2' }] },
      {
        index: 4,
        facts: [
          { name: 'engine_build', before: 'b2', after: '' },
          { name: 'version', before: '1.0', after: '' },
        ],
      },
    ]);
  });
  it('does not mark the first subject, nor equal ones', () => {
    expect(subject_changes([])).toEqual([]);
    expect(subject_changes([{ index: 5, subject: { build: 'b1' } }])).toEqual([]);
    expect(
      subject_changes([
        { index: 0, subject: { build: 'b1' } },
        { index: 2, subject: { build: 'b1' } },
      ]),
    ).toEqual([]);
  });
});

it('names a change', () => {
  const build = { name: 'build', before: 'b1', after: 'b2' };
  expect(fact_change_text(build)).toBe('b1 → b2');
  expect(fact_change_text({ ...build, before: '' })).toBe('not stated → b2');
  expect(subject_label({ index: 0, facts: [build] })).toBe('b2');
  expect(subject_label({ index: 0, facts: [build, build] })).toBe('b2 +1');
  expect(subject_label({ index: 0, facts: [{ ...build, after: '' }] })).toBe('not stated');
  expect(subject_label({ index: 0, facts: [{ ...build, after: 'a'.repeat(40) }] })).toBe(
    `${'a'.repeat(15)}…`,
  );
});

describe('fitting_labels', () => {
  it('prefers the newest label and leaves out what overlaps it', () => {
    expect(fitting_labels([10, 40, 50, 90], [20, 20, 20, 20], 0, 100, 4)).toEqual([
      [3, 90],
      [2, 50],
      [0, 10],
    ]);
  });
  it('moves a label into the plot', () => {
    expect(fitting_labels([2, 99], [20, 20], 0, 100, 4)).toEqual([
      [1, 90],
      [0, 10],
    ]);
  });
});
