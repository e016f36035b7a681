/** Sends a body to a webhook, and gives the status and the answer. */
export async function postWebhook(
  remediatorUrl: string,
  body: unknown,
  token: string,
): Promise<{ readonly status: number; readonly answer: unknown }> {
  const response = await fetch(`${remediatorUrl}/api/v1/webhook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, answer: await response.json() };
}
