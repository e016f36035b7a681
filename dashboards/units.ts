import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { DashboardBuilder, DashboardCursorSync, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { cpuSystem, cpuUser, everyUnit, memory, restarts, states } from './unit-panels.ts';
import { activeUnits, failedUnits, restartsInRange, systemdAnswers } from './unit-stats.ts';
import { datasourceVariable, labelVariable } from './variables.ts';

/** "fettle / Units": are all units well, and if not, since when, and what do they use? */
export function unitsDashboard(): Dashboard {
  return new DashboardBuilder('fettle / Units')
    .uid('fettle-units')
    .description('State, restarts, memory and CPU time of systemd units, as fettle sees them.')
    .tags(['fettle', 'systemd'])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-6h', to: 'now' })
    .refresh('30s')
    .withVariable(datasourceVariable())
    .withVariable(labelVariable('job', 'Job', 'systemd_unit_state'))
    .withVariable(labelVariable('instance', 'Instance', 'systemd_unit_state{job=~"$job"}'))
    .withVariable(labelVariable('name', 'Unit', 'systemd_unit_state{job=~"$job",instance=~"$instance"}'))
    .withRow(new RowBuilder('Now'))
    .withPanel(failedUnits())
    .withPanel(activeUnits())
    .withPanel(restartsInRange())
    .withPanel(systemdAnswers())
    .withRow(new RowBuilder('Over time'))
    .withPanel(states())
    .withPanel(restarts())
    .withPanel(memory())
    .withPanel(cpuUser())
    .withPanel(cpuSystem())
    .withRow(new RowBuilder('Every unit'))
    .withPanel(everyUnit())
    .build();
}
