import { MASK } from './masked-word.ts';

/** Runs of what tokens are made of; each character is in one run. */
const RUN = /[A-Za-z0-9_.~+/=-]{16,}/g;

/**
 * Beginnings by which tokens are known: AWS, GitHub, GitLab, Slack, Hugging Face, OpenAI and Anthropic, NVIDIA,
 * Google, Stripe, npm, PyPI, Vault, DigitalOcean, Tailscale, Grafana, SendGrid. From there to its end a run is masked.
 */
const KNOWN = new RegExp(
  `(?<![A-Za-z0-9])(?:${[
    '(?:AKIA|ASIA|AGPA|AIDA|AROA|ANPA|ANVA|AIPA|ABIA|ACCA)[A-Z0-9]{16}',
    'gh[pousr]_[A-Za-z0-9]{16}',
    'github_pat_[A-Za-z0-9_]{16}',
    'gl(?:pat|dt|rt|cbt)-[A-Za-z0-9_-]{16}',
    'xox[abeprs]-[A-Za-z0-9-]{8}',
    'xapp-[A-Za-z0-9-]{8}',
    'hf_[A-Za-z0-9]{16}',
    'sk-[A-Za-z0-9_-]{16}',
    'nvapi-[A-Za-z0-9_-]{16}',
    'AIza[A-Za-z0-9_-]{20}',
    '[rs]k_(?:live|test)_[A-Za-z0-9]{8}',
    'npm_[A-Za-z0-9]{16}',
    'pypi-[A-Za-z0-9_-]{16}',
    'hv[sbr]\\.[A-Za-z0-9_-]{16}',
    'do[opr]_v1_[a-f0-9]{16}',
    'tskey-[A-Za-z0-9-]{8}',
    'gl(?:sa|c)_[A-Za-z0-9_]{16}',
    'SG\\.[A-Za-z0-9_-]{16}',
  ].join('|')})`,
);

/** Masks tokens that are known by how they look. */
export function maskTokens(text: string): string {
  return text.replace(RUN, maskedRun);
}

function maskedRun(run: string): string {
  const starts = [jwtStart(run), run.search(KNOWN)].filter((at) => at >= 0);
  if (starts.length > 0) return `${run.slice(0, Math.min(...starts))}${MASK}`;
  return run.replace(FORTY, maskedForty);
}

/** A JSON Web Token is base64 of `{"`, and has dots. */
function jwtStart(run: string): number {
  const at = run.indexOf('eyJ');
  return at >= 0 && run.includes('.', at) ? at : -1;
}

/** A secret key of AWS has 40 characters; so has a hash in hexadecimal, which is none. */
const FORTY = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/])/g;

function maskedForty(forty: string): string {
  return /[A-Z]/.test(forty) && /[a-z]/.test(forty) && /\d/.test(forty) ? MASK : forty;
}
