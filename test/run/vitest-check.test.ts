import { expect, test } from 'vitest';
import { countTests } from './vitest-check.ts';

const report = {
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 1,
  numTodoTests: 1,
  testResults: [
    {
      name: 'a.test.ts',
      status: 'passed',
      message: '',
      assertionResults: [{ status: 'passed', fullName: 'adds', failureMessages: [] }],
    },
  ],
};

test('counts tests, and those to do as skipped', () => {
  expect(countTests(report, 0)).toEqual({ passed: 3, failed: 0, skipped: 2, output: '', failures: [] });
});

test('counts a file that failed outside its tests as a failure', () => {
  const broken = {
    name: 'b.test.ts',
    status: 'failed',
    message: 'no such module',
    assertionResults: [{ status: 'skipped', fullName: 'adds', failureMessages: [] }],
  };
  expect(countTests({ ...report, testResults: [broken] }, 1)).toMatchObject({
    passed: 3,
    failed: 1,
    failures: ['b.test.ts\n  no such module'],
  });
});

test('counts a failed test once and tells its error', () => {
  const failing = {
    name: 'c.test.ts',
    status: 'failed',
    message: '',
    assertionResults: [
      { status: 'failed', fullName: 'adds up', failureMessages: ['Error: 3 is not 4\nat here'] },
    ],
  };
  expect(countTests({ ...report, numFailedTests: 1, testResults: [failing] }, 1)).toMatchObject({
    failed: 1,
    failures: ['c.test.ts: adds up\n  Error: 3 is not 4\n  at here'],
  });
});

test('counts an exit code that no test explains as a failure', () => {
  expect(countTests(report, 1)).toMatchObject({ failed: 1 });
});

test('counts a vitest that left no report as a failure', () => {
  expect(countTests(undefined, null)).toMatchObject({ passed: 0, failed: 1, skipped: 0 });
});
