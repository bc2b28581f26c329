/** One act of a page at a time: `busy` while it lasts; its refusal becomes a sentence in `problem`. */
import {ApiError, explain} from './api.js';

/** Does some work for a page, unless it is busy. What is no refusal is thrown on. */
export async function act(page, work) {
  if (page.busy) return;
  page.busy = true;
  page.problem = undefined;
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    page.problem = explain(error);
  } finally {
    page.busy = false;
  }
}
