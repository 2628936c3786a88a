"""The environment's `aws`: the AWS CLI, obeying `AWS_ENDPOINT_URL` for every service.

For a few services, SQS among them, version 1 puts an address of AWS's own in
place of the configured endpoint, on account of certificates of its first years.
"""

import sys

from awscli.clidriver import main
from awscli.customizations import overridesslcommonname

overridesslcommonname.SSL_COMMON_NAMES.clear()
sys.exit(main())
