// Of the system's C library, whose header shows it only to those who ask for GNU's extensions; Swift's module of it does not.
int syncfs(int descriptor);
