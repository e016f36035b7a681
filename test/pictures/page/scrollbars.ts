import * as scrollbars from '../node_modules/react-custom-scrollbars-2/lib/index.js';

/**
 * The component of react-custom-scrollbars-2, as @grafana/ui imports it.
 *
 * It is CommonJS with a `default` of its own, which a bundler hands on as a whole to a module of ECMAScript.
 */
// biome-ignore lint/style/noDefaultExport: this stands in for a package that has one.
export default scrollbars.default.default;
