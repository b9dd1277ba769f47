import asyncio
import secrets
from pathlib import Path

TIMEOUT_S = 10
_own_token = secrets.token_urlsafe(16)


async def fresh_token(options):
    """
    The token for the next connection to the broker. Replace this function by a request to your own service.
    A token that expires, such as a JWT, has to be fresh each time. Any other one must stay the same: the id belongs to it.
    """
    if options.token_command:
        process = await asyncio.create_subprocess_shell(options.token_command, stdout=asyncio.subprocess.PIPE)
        output, _ = await asyncio.wait_for(process.communicate(), TIMEOUT_S)
        if process.returncode != 0:
            raise OSError(f"the token command ended with code {process.returncode}")
        return output.decode().strip()
    if options.token_file:
        return Path(options.token_file).read_text().strip()
    return options.token or _own_token
