import { Button } from '@mantine/core'

import { useTokens } from '../api/session'
import type { Token } from '../api/shapes'
import { useRemove } from '../api/users'
import { ago, date, seconds } from '../human'
import { messages } from '../messages'
import type { Role } from '../roles'
import { Answer } from './Answer'
import classes from './places/places.module.css'
import { ProblemAlert } from './ProblemAlert'
import { TokenForm } from './TokenForm'

const texts = messages.account

/** One's own tokens: those that there are, and another. */
export function Tokens({ role }: { role: Role }) {
  const tokens = useTokens()
  return (
    <section className={classes.narrow}>
      <h3>{texts.tokens}</h3>
      <p className={classes.hint}>{texts.tokensHint}</p>
      <Answer query={tokens}>
        {(known) =>
          known.length === 0 ? (
            <p className={classes.soft}>{texts.noTokens}</p>
          ) : (
            <ul className={classes.rows} aria-label={texts.tokens}>
              {known.map((token) => (
                <Row key={token.id} token={token} />
              ))}
            </ul>
          )
        }
      </Answer>
      <TokenForm role={role} />
    </section>
  )
}

function Row({ token }: { token: Token }) {
  const remove = useRemove('tokens', token.id)
  const facts = [
    messages.session.role[token.role],
    token.used_at ? texts.used(ago(seconds(token.used_at))) : texts.unused,
    token.expires_at && describeEnd(seconds(token.expires_at)),
  ]
  return (
    <li className={classes.row}>
      <div className={classes.part}>
        <strong>{token.name}</strong>
        <span className={classes.soft}>{facts.filter(Boolean).join(' · ')}</span>
      </div>
      <div className={`${classes.buttons} ${classes.last}`}>
        <Button
          size="xs"
          variant="default"
          aria-label={texts.removeToken(token.name)}
          loading={remove.isPending}
          onClick={() => remove.mutate()}
        >
          {messages.users.short.remove}
        </Button>
      </div>
      {remove.error && <ProblemAlert error={remove.error} onRetry={() => remove.mutate()} />}
    </li>
  )
}

function describeEnd(moment: number): string {
  return moment * 1000 < Date.now() ? texts.expired : texts.until(date(moment))
}
