int lai_placeholder(void);
