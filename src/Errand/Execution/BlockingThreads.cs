using System.Collections.Concurrent;

namespace Errand;

/// <summary>
/// Threads for work that blocks. The thread pool adds a thread only every half second once all are blocked, so a handful of sync bodies
/// would hold up a server; here work that finds no idle thread gets a new one at once. Idle threads leave after a while.
/// </summary>
internal sealed class BlockingThreads
{
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(20);
    private readonly ConcurrentStack<Worker> _idle = new();

    public void Run(Action work)
    {
        while (_idle.TryPop(out var worker))
            if (worker.TryTake(work)) return;
        new Worker(this, work).Start();
    }

    private sealed class Worker(BlockingThreads threads, Action first)
    {
        private static readonly Action Left = () => { };
        // Not a semaphore, which spins before it sleeps: most idle threads wait for long.
        private readonly AutoResetEvent _wake = new(false);
        private Action? _next;

        // Unsafe: a thread serves many, and must not carry on the ambient values of whoever needed it first.
        public void Start() => new Thread(Loop) { IsBackground = true, Name = "errand-blocking" }.UnsafeStart();

        // An idle worker that timed out has put Left here itself, and takes no more.
        public bool TryTake(Action work)
        {
            if (Interlocked.CompareExchange(ref _next, work, null) is not null) return false;
            _wake.Set();
            return true;
        }

        private void Loop()
        {
            var work = first;
            while (true)
            {
                work();
                _next = null;
                threads._idle.Push(this);
                if (!_wake.WaitOne(IdleTime))
                {
                    if (Interlocked.CompareExchange(ref _next, Left, null) is null) break;
                    _wake.WaitOne();
                }
                work = _next!;
            }
            _wake.Dispose();
        }
    }
}
