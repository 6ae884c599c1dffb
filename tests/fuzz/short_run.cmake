# cmake -DPROGRAM= -DWORK= -DDICTIONARY= -DEXAMPLES= -P short_run.cmake: one fuzz target, a fixed number of runs. The
# corpus it grows is thrown away, so that the same tree always runs the same inputs.
file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
execute_process(
  COMMAND ${PROGRAM} ${WORK} ${EXAMPLES}/good ${EXAMPLES}/bad -dict=${DICTIONARY} -runs=20000 -seed=1 -timeout=10
    -rss_limit_mb=2048 -verbosity=0 -artifact_prefix=${WORK}/
  RESULT_VARIABLE code ERROR_VARIABLE words)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "${words}")
endif()
