// Keeps the shell of the page, so that it opens at once and as an app. web/build.py puts in what the
// shell is, so that this script differs with every build and browsers fetch the new shell. Until the
// last tab of the old page closes, the old worker and its cache stay for that.

const SHELL = [] // the files of a build; their names carry a hash, so that they never change
const CACHE = `longbox-${SHELL.join()}`
const PAGE = './'

addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([PAGE, ...SHELL])))
})

addEventListener('activate', (event) => {
  event.waitUntil(dropOthers())
})

addEventListener('fetch', (event) => {
  const { request } = event
  const path = request.url.slice(registration.scope.length).split('?')[0]
  if (request.method !== 'GET' || !request.url.startsWith(registration.scope)) return
  if (path === '' && request.mode === 'navigate') event.respondWith(askFirst(request))
  else if (path.startsWith('assets/')) event.respondWith(lookFirst(request))
})

/** The page itself is the server's, as long as that answers: it is never an old one after an upgrade. */
async function askFirst(request) {
  try {
    return await fetch(request)
  } catch (error) {
    const kept = await caches.match(PAGE, { cacheName: CACHE })
    if (kept) return kept
    throw error
  }
}

async function lookFirst(request) {
  return (await caches.match(request, { cacheName: CACHE })) ?? fetch(request)
}

async function dropOthers() {
  const names = (await caches.keys()).filter((name) => name.startsWith('longbox-') && name !== CACHE)
  await Promise.all(names.map((name) => caches.delete(name)))
}
