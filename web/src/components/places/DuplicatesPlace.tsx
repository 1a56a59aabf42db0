import { SegmentedControl } from '@mantine/core'
import type { ReactNode } from 'react'

import { useDuplicates } from '../../api/duplicates'
import type { DuplicateGroup } from '../../api/shapes'
import { messages } from '../../messages'
import { keyOf, useSettling } from '../../settling'
import type { Show } from '../../useView'
import { type By, BYS } from '../../view'
import { Answer, More } from '../Answer'
import { Copies } from '../Copies'
import { Notice } from '../Notice'
import type { PlaceProps } from '../Place'
import { SettlingBar } from '../SettlingBar'
import { Tick } from '../Tick'
import classes from './places.module.css'

const texts = messages.duplicates

/** Comics that one may have twice, in groups; nothing is done about them unasked. */
export default function DuplicatesPlace({ view, show }: PlaceProps) {
  const query = useDuplicates(view.by)
  return (
    <div className={classes.stack}>
      <div className={classes.line}>
        <SegmentedControl<By>
          aria-label={texts.by.label}
          value={view.by}
          onChange={(by) => show({ by })}
          transitionDuration={120}
          data={BYS.map((by) => ({ value: by, label: texts.by[by] }))}
        />
        {query.data && <strong role="status">{texts.groups(query.data.total, query.data.isExact)}</strong>}
      </div>
      <p className={classes.hint}>{texts.hint[view.by]}</p>
      <Answer query={query}>
        {({ groups }) =>
          groups.length === 0 ? (
            <Notice title={texts.none} hint={texts.noneHint} />
          ) : (
            <Groups key={view.by} groups={groups} show={show}>
              <More query={query} />
            </Groups>
          )
        }
      </Answer>
    </div>
  )
}

interface GroupsProps {
  groups: DuplicateGroup[]
  show: Show
  children: ReactNode
}

/** Each group can be settled by itself, and those that are chosen all at once. */
function Groups({ groups, show, children }: GroupsProps) {
  const settling = useSettling(groups)
  return (
    <>
      <div>
        <Tick
          label={texts.chooseAll}
          state={settling.all}
          text={texts.chooseAll}
          onClick={settling.toggleAll}
        />
      </div>
      {groups.map((group) => (
        <Copies key={keyOf(group)} group={group} settling={settling} show={show} />
      ))}
      {children}
      <SettlingBar settling={settling} />
    </>
  )
}
