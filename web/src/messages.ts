/** Every text of the page that is not a comic's own. */

import { count } from './human'

const some = (number: number, one: string, many: string) =>
  `${count(number)} ${number === 1 ? one : many}`

export const messages = {
  name: 'Longbox',
  skip: 'Skip to the list',

  counts: {
    all: (number: number) => some(number, 'comic', 'comics'),
    unmarked: (number: number) => `${count(number)} unmarked`,
    faulty: (number: number) => `${count(number)} could not be read`,
  },

  scan: {
    label: 'Scan',
    now: 'Scan now',
    queued: 'A scan is about to start…',
    looking: (seen: number) => `Looking through the folders… ${some(seen, 'comic', 'comics')} found`,
    reading: (read: number, all: number) => `Scanning… ${count(read)} of ${count(all)} read`,
    running: 'A scan is running.',
    done: (when: string) => `Scanned ${when}`,
    failed: 'The last scan failed',
    failedWhen: (when: string) => `The last scan failed ${when}`,
    interrupted: (when: string) => `The scan was interrupted ${when}; the next one goes on from there`,
    never: 'Not scanned yet',
  },

  colours: {
    auto: 'Colours: as the system. Change to light',
    light: 'Colours: light. Change to dark',
    dark: 'Colours: dark. Change to as the system',
  },

  search: {
    label: 'Search names, folders, series and titles',
    short: 'Search',
    clear: 'Clear the search',
  },

  filter: {
    label: 'Show',
    all: 'All',
    unmarked: 'Unmarked',
    marked: 'Marked',
    duplicates: 'Duplicates',
    faulty: 'Could not be read',
    missing: 'Missing',
    format: 'Format',
    anyFormat: 'Any format',
    chosen: 'Chosen filters',
    clear: 'Clear filters',
    remove: (what: string) => `Remove ${what}`,
    by: (what: string) => `Show only ${what}`,
    chip: {
      library: (value: string) => `Library ${value}`,
      series: (value: string) => `Series: ${value}`,
      publisher: (value: string) => `Publisher: ${value}`,
      year: (value: string) => `Year: ${value}`,
      folder: (value: string) => `Folder: ${value}`,
    },
  },

  sort: {
    label: 'Sort by',
    name: 'Name',
    date: 'Modified',
    size: 'Size',
    asc: 'Ascending. Change to descending',
    desc: 'Descending. Change to ascending',
  },

  list: {
    label: 'Comics',
    loading: 'Loading the list…',
    folder: 'Folder',
    pages: 'Pages',
    format: 'Format',
    status: 'Status',
    pageCount: (number: number) => some(number, 'page', 'pages'),
    range: (first: number, last: number, all: string) => `${count(first)}–${count(last)} of ${all}`,
    all: (files: number, isExact: boolean) => (isExact ? count(files) : `${count(files - 1)}+`),
  },

  status: {
    processed: 'Processed',
    duplicate: 'Duplicate',
    fault: 'Faulty',
    missing: 'Missing',
  },

  pager: {
    label: 'Pages',
    first: 'First page',
    previous: 'Previous page',
    next: 'Next page',
    last: 'Last page',
    page: 'Page',
    of: (pages: number) => `of ${count(pages)}`,
    perPage: 'Per page',
  },

  empty: {
    scanning: 'The first scan is running…',
    scanningHint: 'Comics appear here as they are found.',
    nothing: (folder: string) => `No comics in ${folder} yet`,
    nothingHint: 'Put .cbz, .cbr, .cb7 or .cbt files there, and scan.',
    aFolder: 'this library',
    noMatch: 'No comic matches',
    noMatchHint: 'Other words or fewer filters may find it.',
  },

  details: {
    loading: 'Loading the details…',
    close: 'Close the details',
    file: 'File',
    path: 'Path',
    size: 'Size',
    bytes: (number: number) => some(number, 'byte', 'bytes'),
    modified: 'Modified',
    format: 'Format',
    pages: 'Pages',
    tags: 'Tags',
    untagged: 'This comic carries no tags.',
    unread: 'This comic has not been read yet.',
    gone: 'It was not there at the last scan.',
    source: new Map([
      ['file name', 'from the file name'],
      ['folder', 'from the folder'],
    ]),
    notes: 'Worth knowing',
    tag: new Map([
      ['language_iso', 'Language'],
      ['gtin', 'GTIN'],
      ['web', 'On the web'],
    ]),
  },

  libraries: {
    title: 'Libraries',
    close: 'Close the libraries',
    add: 'Add a library',
    edit: (name: string) => `Edit ${name}`,
    editShort: 'Edit',
    remove: (name: string) => `Remove ${name}`,
    removeShort: 'Remove',
    save: 'Save',
    cancel: 'Cancel',
    comics: 'Comics',
    missing: (number: number) => `${count(number)} missing`,
    schedule: 'Schedule',
    everyLibrary: 'As set for every library',
    never: 'Only when asked for',
    next: 'Next scan',
    waits: 'Now, or after the scan that runs',
    watching: 'Watching',
    excludes: 'Left out',
    readOnly: 'Files',
    isReadOnly: 'Never changed',
    form: {
      root: 'Folder',
      rootHint: 'The whole path. With another folder, what is found there under the same path keeps its marks.',
      name: 'Name',
      nameHint: 'The folder’s name if left empty.',
      schedule: 'Schedule',
      scheduleHint: 'Five fields as cron has them, such as 0 3 * * * for every night at three; never; or empty, as set for every library.',
      excludes: 'Leave out',
      excludesHint: 'One glob a line, as in a .gitignore, such as Extras/ or *.tmp.cbz. No file is touched.',
      watch: 'Watch for changes',
      readOnly: 'Never change a file',
    },
    forget: (comics: number) =>
      `This forgets ${some(comics, 'comic', 'comics')} with their marks and history, and cannot be undone. No file is touched.`,
    confirm: (name: string) => `To remove it, type its name: ${name}`,
  },

  unreachable: {
    title: 'Longbox does not answer',
    detail: 'It may be starting, or stopped.',
  },
  refused: (status: number) => ({
    title: `The server answered ${status}`,
    detail: 'Try again. If it stays so, the log of the server says why.',
  }),
  again: 'The page tries again by itself.',
  stale: 'Below is the last list that arrived.',
  retry: 'Try again',

  footer: {
    label: 'About this page',
    keys: 'Keys',
    search: 'search',
    rows: 'rows',
    pages: 'pages',
    open: 'details',
    docs: 'API',
    version: (version: string) => `Longbox ${version}`,
  },
}
