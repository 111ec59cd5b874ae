// The CSRF token lives an hour; pages live longer. Whoever sends asks here.
const meta = () => document.querySelector('meta[name="csrf-token"]');

export const csrfToken = () => meta()?.content ?? "";

export async function refreshCsrf(url) {
  const reply = await fetch(url, { headers: { Accept: "application/json" }, cache: "no-store", redirect: "manual" });
  if (reply.type === "opaqueredirect" || reply.status === 401) return "signed-out";
  if (!reply.ok) throw new Error(`csrf: ${reply.status}`);
  const token = (await reply.json()).csrf_token;
  if (meta()) meta().content = token;
  for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = token;
  return "fresh";
}
