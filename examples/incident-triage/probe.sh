# Stands for a request to the service: well only after a rollback.
if [ -e .rolled-back ]; then echo "200 OK"; elif [ -e .restarted ]; then echo "500: cannot read column tax_id" >&2; exit 1; else echo "no answer" >&2; exit 1; fi
