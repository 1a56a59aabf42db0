import { Button } from '@mantine/core'

import { useLibraries } from '../../api/queries'
import { useLogOut, useSession } from '../../api/session'
import { messages } from '../../messages'
import { OpenDoor } from '../OpenDoor'
import { PasswordForm } from '../PasswordForm'
import type { PlaceProps } from '../Place'
import { ProblemAlert } from '../ProblemAlert'
import { Tokens } from '../Tokens'
import classes from './places.module.css'

const texts = messages.account

/** Who is logged in: their password, their tokens, and the way out of every device. */
export default function AccountPlace({ show }: PlaceProps) {
  const session = useSession().data
  const everywhere = useLogOut(true)
  if (!session || session.role === 'nobody') return null
  if (session.user === null) return <OpenDoor show={show} />
  return (
    <div className={classes.stack}>
      <div>
        <p>
          {texts.is(session.name)} <span className={classes.badge}>{messages.session.role[session.role]}</span>
        </p>
        <p className={classes.hint}>{messages.session.may[session.role]}</p>
        {session.libraries && <Libraries ids={session.libraries} />}
      </div>
      <PasswordForm name={session.name} />
      <Tokens role={session.role} />
      <section className={classes.narrow}>
        <h3>{texts.everywhere}</h3>
        <p className={classes.hint}>{texts.everywhereHint}</p>
        <div className={classes.buttons}>
          <Button variant="default" loading={everywhere.isPending} onClick={() => everywhere.mutate()}>
            {texts.logOutEverywhere}
          </Button>
        </div>
        {everywhere.error && <ProblemAlert error={everywhere.error} onRetry={() => everywhere.mutate()} />}
      </section>
    </div>
  )
}

function Libraries({ ids }: { ids: number[] }) {
  const libraries = useLibraries(false)
  const names = libraries.data?.filter(({ id }) => ids.includes(id)).map(({ name }) => name)
  return <p className={classes.hint}>{`${messages.users.libraries}: ${names?.join(', ') ?? ''}`}</p>
}
