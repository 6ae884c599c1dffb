import { expect, test } from 'vitest';
import { case_full_name, case_context, case_label, short_commit } from './name';

const prompt = {
  suite: 'batch_prefill',
  classname: 'batch_prefill.mock',
  name: 'performance_consistency[Prompt 0]',
};
const plain = { suite: 'suite', classname: 'Thing', name: 'works' };

test('a parametrized case is named by its label; the context is the rest', () => {
  expect(case_label(prompt)).toBe('Prompt 0');
  expect(case_context(prompt)).toBe('performance_consistency · batch_prefill.mock');
  expect(case_full_name(prompt)).toBe(
    'batch_prefill › batch_prefill.mock › performance_consistency[Prompt 0]',
  );
});

test('a plain case is named by its name', () => {
  expect(case_label(plain)).toBe('works');
  expect(case_context(plain)).toBe('Thing · suite');
  expect(case_full_name({ suite: 's', classname: 's', name: 'n' })).toBe('s › n');
});

test.each([
  ['0123456789abcdef0123456789abcdef01234567', '012345678'],
  ['v1.2.3', 'v1.2.3'],
  ['abc', 'abc'],
  ['', ''],
])('commit "%s" is shown as "%s"', (commit, shown) => {
  expect(short_commit(commit)).toBe(shown);
});
