namespace Errand;

/// <summary>The scheduler of real life.</summary>
internal sealed class ThreadWorkScheduler : WorkScheduler
{
    private static readonly BlockingThreads Threads = new();

#pragma warning disable RS0030 // This is the door that the banned calls point to.
    public override void Queue(Action work) => ThreadPool.UnsafeQueueUserWorkItem(static work => work(), work, preferLocal: false);
#pragma warning restore RS0030

    public override void QueueBlocking(Action work) => Threads.Run(work);

    public override WorkLoop CreateLoop(string name, Action drain) => new ThreadLoop(name, drain);

    private sealed class ThreadLoop : WorkLoop
    {
        private readonly SemaphoreSlim _signals = new(0, 1);
        private readonly Action _drain;
        private readonly Thread _thread;
        private int _signalled;
        private volatile bool _disposed;

        public ThreadLoop(string name, Action drain)
        {
            _drain = drain;
            _thread = new Thread(Loop) { IsBackground = true, Name = name };
            _thread.UnsafeStart();
        }

        public override void Signal()
        {
            // Only the first signal since the last run releases: the semaphore never counts past one.
            if (Interlocked.Exchange(ref _signalled, 1) == 0) _signals.Release();
        }

        public override void Dispose()
        {
            if (_disposed) return;
            _disposed = true;
            Signal();
            if (Thread.CurrentThread != _thread) _thread.Join();
        }

        private void Loop()
        {
            while (!_disposed)
            {
                _signals.Wait();
                Volatile.Write(ref _signalled, 0);
                if (!_disposed) _drain();
            }
        }
    }
}
