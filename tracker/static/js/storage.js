// What this window of the browser keeps. Where that is forbidden or full, nothing is kept and
// everything else goes on. Imported by an address without a version, so that an older copy may be
// used for an hour after an upgrade: these functions keep their names and meanings.

// Whether it is kept now.
export function remember(key, value) {
  try {
    sessionStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

export function recall(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

export function forget(key) {
  try {
    sessionStorage.removeItem(key);
  } catch {
    // nothing was kept
  }
}

export function keysUnder(prefix) {
  try {
    return Object.keys(sessionStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
}
