/** The browser's side of passkeys (WebAuthn Level 3): what it is asked and what it answers, as JSON. */
import {ApiError} from 'filo/api.js';

/** Whether this browser can, here: on a page that came safely, from a host with a name. */
export const passkeysWork = () => Boolean(window.isSecureContext
  && window.PublicKeyCredential?.parseCreationOptionsFromJSON && window.PublicKeyCredential.parseRequestOptionsFromJSON
  && !/^[\d.]+$|^\[/.test(location.hostname));

// What the browser says when it comes to nothing: she changed her mind, took too long, or has none; or the shop's
// domain is another one.
const REASONS = {NotAllowedError: 'PASSKEY_NOT_CHOSEN', AbortError: 'PASSKEY_NOT_CHOSEN', InvalidStateError: 'PASSKEY_EXISTS', SecurityError: 'PASSKEYS_NOT_SERVED'};

async function answer(ceremony) {
  try {
    const credential = await ceremony();
    return JSON.stringify(credential.toJSON());
  } catch (failure) {
    throw new ApiError('refused', {reason: REASONS[failure.name] ?? 'PASSKEY_NOT_MADE', detail: failure.message});
  }
}

/** Has a device make a passkey; resolves with its answer. */
export const makePasskey = (optionsJson) => answer(() =>
  navigator.credentials.create({publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(optionsJson))}));

/** Has her choose a passkey; resolves with the device's answer. */
export const choosePasskey = (optionsJson) => answer(() =>
  navigator.credentials.get({publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(optionsJson))}));
