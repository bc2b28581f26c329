/** Registers an app's service worker. Script addresses are a trusted-types sink: the policy `filo` lets these through. */
const WORKERS = /^\/(?:[a-z]+\/)?sw\.js$/;

let policy;

/** A script address that is one of our workers'. */
function trusted(url) {
  if (!globalThis.trustedTypes) return url;
  policy ??= trustedTypes.createPolicy('filo', {
    createScriptURL(value) {
      if (!WORKERS.test(value)) throw new TypeError(`Not a worker of ours: ${value}`);
      return value;
    },
  });
  return policy.createScriptURL(url);
}

/** Registers `/sw.js` (or `/store/sw.js`) once the page is idle; resolves with the registration, or null where there are none. */
export async function registerWorker(url, options) {
  if (!navigator.serviceWorker) return null;
  try {
    return await navigator.serviceWorker.register(trusted(url), options);
  } catch (failure) {
    console.info('No service worker:', failure.message);
    return null;
  }
}
