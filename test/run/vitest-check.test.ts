import { expect, test } from 'vitest';
import { countTests } from './vitest-check.ts';

const report = {
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 1,
  numTodoTests: 1,
  testResults: [{ status: 'passed', assertionResults: [{ status: 'passed' }] }],
};

test('counts tests, and those to do as skipped', () => {
  expect(countTests(report, 0)).toEqual({ passed: 3, failed: 0, skipped: 2, output: '' });
});

test('counts a file that failed outside its tests as a failure', () => {
  const broken = { status: 'failed', assertionResults: [{ status: 'skipped' }] };
  expect(countTests({ ...report, testResults: [broken] }, 1)).toMatchObject({ passed: 3, failed: 1 });
});

test('counts a failed test once', () => {
  const failing = { status: 'failed', assertionResults: [{ status: 'failed' }] };
  expect(countTests({ ...report, numFailedTests: 1, testResults: [failing] }, 1)).toMatchObject({
    failed: 1,
  });
});

test('counts an exit code that no test explains as a failure', () => {
  expect(countTests(report, 1)).toMatchObject({ failed: 1 });
});

test('counts a vitest that left no report as a failure', () => {
  expect(countTests(undefined, null)).toMatchObject({ passed: 0, failed: 1, skipped: 0 });
});
