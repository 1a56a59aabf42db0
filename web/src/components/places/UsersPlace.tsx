import { Button } from '@mantine/core'
import { useState } from 'react'

import { useLibraries } from '../../api/queries'
import { useSession } from '../../api/session'
import type { Library, User } from '../../api/shapes'
import { useUsers } from '../../api/users'
import { date, seconds } from '../../human'
import { messages } from '../../messages'
import { Answer } from '../Answer'
import { SetUp } from '../SetUp'
import { UserForm } from '../UserForm'
import { UserVerbs } from '../UserVerbs'
import classes from './places.module.css'

const texts = messages.users

/** Who may come in, and as what; while there is nobody, the first of them. */
export default function UsersPlace() {
  const session = useSession().data
  const users = useUsers()
  const libraries = useLibraries(false).data ?? []
  const [adding, add] = useState(false)
  if (session?.setup_needed) return <SetUp />
  return (
    <div className={classes.stack}>
      <Answer query={users}>
        {(known) => (
          <ul className={classes.rows} aria-label={messages.places.users}>
            {known.map((user) => (
              <Row key={user.id} user={user} isMe={user.id === session?.user} libraries={libraries} />
            ))}
          </ul>
        )}
      </Answer>
      {adding ? (
        <UserForm user={null} libraries={libraries} onClose={() => add(false)} />
      ) : (
        <div className={classes.buttons}>
          <Button variant="default" onClick={() => add(true)}>
            {texts.add}
          </Button>
        </div>
      )}
    </div>
  )
}

function Row({ user, isMe, libraries }: { user: User; isMe: boolean; libraries: Library[] }) {
  const [editing, edit] = useState(false)
  const name = (id: number) => libraries.find((library) => library.id === id)?.name ?? texts.library(id)
  const facts = [
    user.libraries && `${texts.libraries}: ${user.libraries.map(name).join(', ')}`,
    !user.has_password && texts.noPassword,
    texts.since(date(seconds(user.created_at))),
  ]
  return (
    <li className={classes.row} aria-label={user.name}>
      <div className={classes.what}>
        <span className={classes.line}>
          <strong>{user.name}</strong>
          <span className={classes.badge}>{messages.session.role[user.role]}</span>
          {isMe && <span className={classes.soft}>{texts.you}</span>}
          {user.disabled_at && <span className={classes.fault}>{texts.disabled}</span>}
        </span>
        <span className={classes.soft}>{facts.filter(Boolean).join(' · ')}</span>
      </div>
      {!editing && <UserVerbs user={user} onEdit={() => edit(true)} />}
      {editing && <UserForm user={user} libraries={libraries} onClose={() => edit(false)} />}
    </li>
  )
}
