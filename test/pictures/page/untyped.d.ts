/** Packages that say nothing of their types. */
declare module '*/react-custom-scrollbars-2/lib/index.js' {
  const scrollbars: { default: unknown };

  // biome-ignore lint/style/noDefaultExport: the package has one.
  export { scrollbars as default };
}

declare module 'react-dom/client' {
  export function createRoot(place: Element): { render(what: unknown): void };
}
