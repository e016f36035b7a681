/** `npm run dashboards`: writes the dashboards' JSON; with `--check` it tells whether it is what the builders give. */
import { writeGenerated } from '../alerts/write-generated.ts';
import { dashboardFiles } from './files.ts';

writeGenerated('dashboards', dashboardFiles(), 'npm run dashboards');
