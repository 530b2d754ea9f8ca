# Stands for your orchestration.
case $1 in
  restart) touch .restarted ;;
  rollback) touch .rolled-back ;;
  page) echo "somebody is called" ;;
esac
