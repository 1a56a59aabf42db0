import { SegmentedControl } from '@mantine/core'

import { useDuplicates } from '../../api/duplicates'
import { messages } from '../../messages'
import { type By, BYS } from '../../view'
import { Answer, More } from '../Answer'
import { Copies } from '../Copies'
import { Notice } from '../Notice'
import type { PlaceProps } from '../Place'
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
            groups.map((group) => (
              <Copies key={group.files.map(({ id }) => id).join()} group={group} show={show} />
            ))
          )
        }
      </Answer>
      <More query={query} />
    </div>
  )
}
