// The options of glibc's malloc, which Swift's own module of glibc leaves out.
#ifdef __linux__
#include <malloc.h>
#endif
