/* The loop that a population is measured against: one network of two hidden tanh layers and a
   sigmoid, binary cross-entropy, SGD. It is what a patient programmer writes for this network
   alone; batches and layers are the caller's. */

#include <math.h>
#include <string.h>

#define MOST_SAMPLES 32 /* of a batch */
#define MOST_UNITS 64

/* X (n_samples, 2), y (n_samples), order (updates, batch); kernels (n_in, units), row by row.
   Returns the mean loss over all updates. */
double train(int units, int batch, int updates, const float *X, const float *y, const int *order,
             float rate, float *W1, float *b1, float *W2, float *b2, float *W3, float *b3)
{
    static float H1[MOST_SAMPLES][MOST_UNITS], H2[MOST_SAMPLES][MOST_UNITS];
    static float D1[MOST_SAMPLES][MOST_UNITS], D2[MOST_SAMPLES][MOST_UNITS];
    static float D3[MOST_SAMPLES], G2[MOST_UNITS * MOST_UNITS];
    double loss = 0.0;

    for (int u = 0; u < updates; u++) {
        const int *rows = order + u * batch;

        for (int s = 0; s < batch; s++) {
            const float *x = X + 2 * rows[s];
            float z = b3[0];
            for (int j = 0; j < units; j++)
                H1[s][j] = tanhf(b1[j] + x[0] * W1[j] + x[1] * W1[units + j]);
            for (int j = 0; j < units; j++)
                H2[s][j] = b2[j];
            for (int i = 0; i < units; i++)
                for (int j = 0; j < units; j++)
                    H2[s][j] += H1[s][i] * W2[i * units + j];
            for (int j = 0; j < units; j++)
                H2[s][j] = tanhf(H2[s][j]);
            for (int j = 0; j < units; j++)
                z += H2[s][j] * W3[j];
            const float target = y[rows[s]], p = 1.0f / (1.0f + expf(-z));
            loss += fmaxf(z, 0.0f) - z * target + log1pf(expf(-fabsf(z)));
            D3[s] = (p - target) / batch;
        }

        for (int s = 0; s < batch; s++)
            for (int j = 0; j < units; j++)
                D2[s][j] = D3[s] * W3[j] * (1 - H2[s][j] * H2[s][j]);
        for (int s = 0; s < batch; s++)
            for (int i = 0; i < units; i++) {
                float sum = 0.0f;
                for (int j = 0; j < units; j++)
                    sum += D2[s][j] * W2[i * units + j];
                D1[s][i] = sum * (1 - H1[s][i] * H1[s][i]);
            }

        memset(G2, 0, sizeof(float) * units * units);
        for (int s = 0; s < batch; s++) {
            const float *x = X + 2 * rows[s];
            b3[0] -= rate * D3[s];
            for (int i = 0; i < units; i++)
                for (int j = 0; j < units; j++)
                    G2[i * units + j] += H1[s][i] * D2[s][j];
            for (int j = 0; j < units; j++) {
                W3[j] -= rate * D3[s] * H2[s][j];
                b2[j] -= rate * D2[s][j];
                b1[j] -= rate * D1[s][j];
                W1[j] -= rate * x[0] * D1[s][j];
                W1[units + j] -= rate * x[1] * D1[s][j];
            }
        }
        for (int k = 0; k < units * units; k++)
            W2[k] -= rate * G2[k];
    }
    return loss / ((double)updates * batch);
}
