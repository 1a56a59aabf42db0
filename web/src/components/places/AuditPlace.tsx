import { NativeSelect } from '@mantine/core'
import { useState } from 'react'

import type { AuditEntry } from '../../api/shapes'
import { useAudit } from '../../api/users'
import { date, seconds } from '../../human'
import { messages } from '../../messages'
import { Answer, More } from '../Answer'
import { Notice } from '../Notice'
import own from './AuditPlace.module.css'
import classes from './places.module.css'

const texts = messages.audit
const ACTIONS = [
  'logged in',
  'log-in refused',
  'logged out',
  'logged out everywhere',
  'user added',
  'user changed',
  'user removed',
  'token added',
  'token removed',
  'library added',
  'library changed',
  'library removed',
  'settings changed',
  'batch started',
  'batch paused',
  'batch resumed',
  'batch retried',
  'batch cancelled',
  'comics forgotten',
  'entries forgotten',
] as const satisfies readonly AuditEntry['action'][]

/** Who changed what, from where and when. */
export default function AuditPlace() {
  const [action, choose] = useState('')
  const audit = useAudit(action)
  return (
    <div className={classes.stack}>
      <p className={classes.hint}>{texts.hint}</p>
      <div className={classes.line}>
        <NativeSelect
          label={texts.only}
          value={action}
          onChange={(event) => choose(event.currentTarget.value)}
          data={[{ value: '', label: texts.everything }, ...ACTIONS.map((one) => ({ value: one, label: written(one) }))]}
        />
      </div>
      <Answer query={audit}>
        {(entries) =>
          entries.length === 0 ? (
            <Notice title={texts.none} hint={texts.noneHint} />
          ) : (
            <table className={own.audit}>
              <thead>
                <tr>
                  {[texts.when, texts.who, texts.action, texts.subject, texts.from].map((name) => (
                    <th key={name} scope="col">
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {entries.map((entry) => (
                  <Row key={entry.id} entry={entry} />
                ))}
              </tbody>
            </table>
          )
        }
      </Answer>
      <More query={audit} />
    </div>
  )
}

function Row({ entry }: { entry: AuditEntry }) {
  const details = describe(entry.details)
  return (
    <tr>
      <td>
        <time dateTime={entry.at}>{date(seconds(entry.at))}</time>
      </td>
      <td data-name={texts.who}>{entry.who || (entry.address ? texts.nobody : texts.longbox)}</td>
      <td data-name={texts.action}>{written(entry.action)}</td>
      <td data-name={texts.subject}>
        {details ? (
          <span>
            {entry.subject} <span className={own.details}>{details}</span>
          </span>
        ) : (
          entry.subject
        )}
      </td>
      <td data-name={texts.from}>{entry.address}</td>
    </tr>
  )
}

function written(action: string): string {
  return action.slice(0, 1).toUpperCase() + action.slice(1)
}

function describe(details: Record<string, unknown>): string {
  return Object.entries(details)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ')
}
