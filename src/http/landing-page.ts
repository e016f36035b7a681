/** What the page at `/` says. */
export interface LandingPage {
  readonly title: string;
  readonly text: string;
  readonly version: string;
  readonly links: readonly { readonly href: string; readonly text: string }[];
}

const STYLE = `
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem; }
  h1 { font-size: 1.5rem; margin-bottom: 0; }
  small { opacity: .7; }
  li { margin: .4rem 0; }
  code { font-family: ui-monospace, monospace; }
`;

/** The page at `/` as HTML, for people who open the port in a browser. */
export function landingPage({ title, text, version, links }: LandingPage): string {
  const items = links.map(
    ({ href, text: said }) => `<li><a href="${href}"><code>${href}</code></a> ${said}</li>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${title}</h1>
<small>version ${version}</small>
<p>${text}</p>
<ul>
${items.join('\n')}
</ul>
</body>
</html>
`;
}
