// Nicer with scripts; nothing needs them. Unfolding and folding happen in place: the same page is asked for, and the
// text that was asked for is taken out of it, so that the server's gate decides here as everywhere.
document.addEventListener('click', async event => {
  const link = event.target.closest?.('a[rel=nofollow][href*="#"]')
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return
  const address = new URL(link.href)
  const place = link.closest(`[id="${CSS.escape(address.hash.slice(1))}"]`) ?? link.closest('article, figure, section')
  if (address.origin !== location.origin || address.pathname !== location.pathname || !place?.id) return
  event.preventDefault()
  link.setAttribute('aria-busy', 'true')
  try {
    const answer = await fetch(address, { headers: { accept: 'text/html' } })
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const fresh = page.getElementById(place.id)
    // A post that folds again may become one of a run: then more changes than its own place.
    if (!answer.ok || fresh?.localName !== place.localName) throw new Error('not there')
    // The next link must remember what is unfolded already.
    for (const other of document.querySelectorAll('a[rel=nofollow][href*="#"]')) {
      if (!place.contains(other)) {
        const same = [...page.querySelectorAll('a[rel=nofollow][href*="#"]')].find(it => it.hash === other.hash)
        if (same) other.href = same.href
      }
    }
    place.replaceWith(fresh)
    fresh.tabIndex = -1
    fresh.focus({ preventScroll: true })
  } catch {
    location.assign(address)
  }
})

// What is begun in a reply box stays with its thread, in this tab, until it is posted: Reply and Quote lead to another
// page with a box of its own.
const form = document.querySelector('form[action^="/threads/"][action$="/posts"]')
const box = form?.querySelector('textarea')
if (box) {
  const key = form.getAttribute('action')
  const kept = keep => { try { return keep(sessionStorage) } catch { return null } }
  const begun = kept(store => store.getItem(key))?.trimEnd()
  if (begun && !box.value.includes(begun)) box.value = box.value ? `${begun}\n\n${box.value}` : begun
  box.addEventListener('input', () => kept(store => store.setItem(key, box.value)))
  form.addEventListener('submit', event => {
    if (event.submitter?.name !== 'preview') kept(store => store.removeItem(key))
  })
}

// Where nobody has chosen a time zone yet, the browser's own is preselected.
const zone = document.querySelector('select[data-guess]')
const own = Intl.DateTimeFormat().resolvedOptions().timeZone
if (zone && [...zone.options].some(option => option.value === own)) zone.value = own
