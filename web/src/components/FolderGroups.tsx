import { FACETS_AT_MOST, useFacets } from '../api/facets'
import type { FilePage } from '../api/shapes'
import { messages } from '../messages'
import type { Show } from '../useView'
import type { View } from '../view'
import { Answer } from './Answer'
import { FileListing } from './FileListing'
import { FolderGroup } from './FolderGroup'
import classes from './FolderGroups.module.css'

interface Props {
  view: View
  show: Show
  page: FilePage
  scanning: boolean
}

/** The list by the folders that are one level down; a folder without any is shown as a table. */
export function FolderGroups({ view, show, page, scanning }: Props) {
  const facets = useFacets(view)
  return (
    <Answer query={facets}>
      {({ folder: folders }) =>
        folders.length === 0 ? (
          <FileListing view={{ ...view, look: 'table' }} show={show} page={page} scanning={scanning} />
        ) : (
          <>
            <ul className={classes.groups} aria-label={messages.folders.label}>
              {folders
                .map(({ value, files }) => ({ folder: String(value), files }))
                .sort((one, other) => one.folder.localeCompare(other.folder))
                .map((group) => (
                  <FolderGroup key={group.folder} {...group} view={view} show={show} />
                ))}
            </ul>
            {folders.length === FACETS_AT_MOST && <p className={classes.hint}>{messages.folders.most}</p>}
          </>
        )
      }
    </Answer>
  )
}
