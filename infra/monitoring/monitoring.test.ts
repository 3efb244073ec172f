import { expect, it } from 'vitest';
import { readMonitoring } from './files.js';

const monitoring = await readMonitoring();

it('has a page for each alert, and no page for none', () => {
  expect([...monitoring.runbooks].toSorted()).toEqual(monitoring.alerts.toSorted());
});

it('has a test in which each alert fires', () => {
  expect(monitoring.alerts.filter((alert) => !monitoring.fired.has(alert))).toEqual([]);
});

it('has committed what is written from the promises and the dashboards (npm run monitoring)', () => {
  expect(monitoring.stale).toEqual([]);
});
