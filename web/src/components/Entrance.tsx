import { Button } from '@mantine/core'

import { useLogIn } from '../api/session'
import type { Session } from '../api/shapes'
import { messages } from '../messages'
import { CredentialsForm } from './CredentialsForm'
import classes from './Entrance.module.css'
import { Mark } from './Mark'

const texts = messages.session

/** What there is to see for who has not come in: the log-in, or why there is none. */
export default function Entrance({ session }: { session: Session }) {
  const isSetUp = !session.setup_needed
  return (
    <main className={classes.entrance}>
      <Mark size={56} />
      <h1>{isSetUp ? texts.logInTitle : texts.strangers}</h1>
      {isSetUp ? <LogIn /> : <p className={classes.hint}>{texts.strangersHint}</p>}
      {session.oidc && (
        <Button
          className={classes.provider}
          component="a"
          variant="default"
          href={`api/oidc/login?back=${encodeURIComponent(location.search)}`}
        >
          {texts.provider}
        </Button>
      )}
    </main>
  )
}

function LogIn() {
  const logIn = useLogIn()
  return <CredentialsForm label={texts.logInTitle} submit={texts.logIn} entering={logIn} autoFocus />
}
