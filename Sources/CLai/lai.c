#include <lai.h>
int lai_placeholder(void){return 0;}
